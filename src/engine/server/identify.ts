import { isObject, listOf, objectOf, type Json } from '../../core/server/json';
import type { ServerKind } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import type { ServerHttp } from './http';
import type { FoundModel, FoundServer } from './speaker';

/** What a server says of itself at an address that only its kind has. */
interface Sign {
  readonly path: string;
  readonly kind: ServerKind;
  readonly name: string;
  /** Its version, null where it does not say it; undefined where this is another server. */
  readonly version: (answer: Json) => string | null | undefined;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** vLLM and llama.cpp first: they can do more. */
const SIGNS: readonly Sign[] = [
  {
    path: '/props',
    kind: 'llama.cpp',
    name: 'llama.cpp',
    version: (answer) => ('default_generation_settings' in answer ? textOf(answer['build_info']) : undefined),
  },
  { path: '/api/version', kind: 'openai', name: 'Ollama', version: ({ version }) => textOf(version) ?? undefined },
  {
    path: '/info',
    kind: 'openai',
    name: 'TGI',
    version: (answer) => ('model_id' in answer ? textOf(answer['version']) : undefined),
  },
  {
    path: '/api/v0/models',
    kind: 'openai',
    name: 'LM Studio',
    version: ({ data }) => (Array.isArray(data) ? null : undefined),
  },
];

/**
 * Which kind of server answers, and its models.
 * @param known the kind, where it was found out before.
 * @throws Problem `server` or `cancelled`.
 */
export async function identify(http: ServerHttp, signal: AbortSignal, known?: ServerKind): Promise<FoundServer> {
  const list = await http.json('/v1/models', undefined, signal);
  const models = http.reading(() => listOf(objectOf(list, 'the list of models')['data'], '"data"')).filter(isObject);
  const owner = textOf(models[0]?.['owned_by']);
  if (owner === 'vllm' || (known === 'vllm' && owner !== 'llamacpp')) {
    const about = await http.jsonIfAny('/version', undefined, signal);
    const version = isObject(about) ? textOf(about['version']) : null;
    return { kind: 'vllm', name: 'vLLM', version, models: models.flatMap((each) => modelOf(each)) };
  }
  for (const { path, kind, name, version } of SIGNS) {
    if (known !== undefined && kind !== known) continue;
    const answer = await http.jsonIfAny(path, undefined, signal);
    const said = isObject(answer) ? version(answer) : undefined;
    if (said === undefined) continue;
    return { kind, name, version: said, models: models.flatMap((each) => modelOf(each, answer as Json)) };
  }
  const kind = owner === 'llamacpp' ? 'llama.cpp' : 'openai';
  const name = owner === 'llamacpp' ? 'llama.cpp' : 'OpenAI-compatible';
  return { kind, name, version: null, models: models.flatMap((each) => modelOf(each)) };
}

/** @param about what the server said of itself. */
function modelOf(entry: Json, about: Json = {}): FoundModel[] {
  const name = textOf(entry['id']);
  if (name === null) return [];
  const meta = isObject(entry['meta']) ? entry['meta'] : {};
  const settings = isObject(about['default_generation_settings']) ? about['default_generation_settings'] : {};
  const lengths = [entry['max_model_len'], settings['n_ctx'], entry['max_context_length'], about['max_total_tokens']];
  return [
    {
      name,
      contextLength: lengths.map(countOrNull).find((length) => length !== null) ?? null,
      vocabularySize: countOrNull(meta['n_vocab']),
    },
  ];
}

function countOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** The model that is asked for. @throws Problem `server` where the server has none of that name, or none is named of several. */
export function chooseServerModel({ address }: ServerHttp, { models }: FoundServer, wanted?: string): FoundModel {
  const found = wanted === undefined && models.length === 1 ? models[0] : models.find(({ name }) => name === wanted);
  if (found) return found;
  const most = 20;
  const names = models.slice(0, most).map(({ name }) => name);
  throw new Problem({
    code: 'server',
    message:
      wanted === undefined
        ? `The server at ${address} has ${models.length} models.`
        : `The server at ${address} has no model "${wanted}".`,
    action: `Choose one of ${names.join(', ') || 'none'}${models.length > most ? ', …' : ''}.`,
  });
}
