import {
  anything,
  integer,
  mapped,
  Mismatch,
  object,
  orElse,
  readOrNull,
  string,
  type Check,
  type Checked,
} from '../../core/check/check';
import { list, readAnswer } from '../../core/server/answer';
import type { ServerKind } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import type { ServerHttp } from './http';
import type { FoundModel, FoundServer } from './speaker';

/** What a server says of itself at an address that only its kind has. */
interface Sign {
  readonly path: string;
  readonly kind: ServerKind;
  readonly name: string;
  /** What only this server answers there, with its version, null where it does not say it. */
  readonly answer: Check<{ readonly version: string | null }>;
}

/** Most characters of a name or a version. */
const MOST_NAME = 10_000;
/** Anything but nothing. */
const given: Check<unknown> = {
  expected: 'given',
  read: (value) => (value === undefined ? new Mismatch('given') : value),
};
const said = orElse(string({ min: 1, max: MOST_NAME }), null);
const size = orElse(integer({ min: 1 }), null);

/** vLLM and llama.cpp first: they can do more. */
const SIGNS: readonly Sign[] = [
  {
    path: '/props',
    kind: 'llama.cpp',
    name: 'llama.cpp',
    answer: mapped(object({ default_generation_settings: given, build_info: said }), ({ build_info }) => ({
      version: build_info,
    })),
  },
  {
    path: '/api/version',
    kind: 'openai',
    name: 'Ollama',
    answer: object({ version: string({ min: 1, max: MOST_NAME }) }),
  },
  { path: '/info', kind: 'openai', name: 'TGI', answer: object({ model_id: given, version: said }) },
  {
    path: '/api/v0/models',
    kind: 'openai',
    name: 'LM Studio',
    answer: mapped(object({ data: list(anything()) }), () => ({ version: null })),
  },
];

const modelCheck = object({
  id: said,
  owned_by: said,
  max_model_len: size,
  max_context_length: size,
  meta: orElse(object({ n_vocab: size }), null),
});
type Model = Checked<typeof modelCheck>;
/** What is no object among them is left out. */
const modelsCheck = object({ data: list(orElse(modelCheck, null)) });

/** What a server says of itself that holds for its models. */
const aboutCheck = object({
  default_generation_settings: orElse(object({ n_ctx: size }), null),
  max_total_tokens: size,
});

/**
 * Which kind of server answers, and its models.
 * @param known the kind, where it was found out before.
 * @throws Problem `server` or `cancelled`.
 */
export async function identify(http: ServerHttp, signal: AbortSignal, known?: ServerKind): Promise<FoundServer> {
  const told = await http.json('/v1/models', undefined, signal);
  const { data } = http.reading(() => readAnswer(modelsCheck, told, 'the list of models'));
  const models = data.filter((each) => each !== null);
  const owner = models[0]?.owned_by;
  if (owner === 'vllm' || (known === 'vllm' && owner !== 'llamacpp')) {
    const about = readOrNull(object({ version: said }), await http.jsonIfAny('/version', undefined, signal));
    return {
      kind: 'vllm',
      name: 'vLLM',
      version: about?.version ?? null,
      models: models.flatMap((each) => modelOf(each)),
    };
  }
  for (const { path, kind, name, answer: sign } of SIGNS) {
    if (known !== undefined && kind !== known) continue;
    const answer = await http.jsonIfAny(path, undefined, signal);
    const itself = readOrNull(sign, answer);
    if (itself === null) continue;
    return { kind, name, version: itself.version, models: models.flatMap((each) => modelOf(each, answer)) };
  }
  const kind = owner === 'llamacpp' ? 'llama.cpp' : 'openai';
  const name = owner === 'llamacpp' ? 'llama.cpp' : 'OpenAI-compatible';
  return { kind, name, version: null, models: models.flatMap((each) => modelOf(each)) };
}

/** @param answer what the server said of itself. */
function modelOf(entry: Model, answer: unknown = {}): FoundModel[] {
  if (entry.id === null) return [];
  const about = readOrNull(aboutCheck, answer);
  const lengths = [
    entry.max_model_len,
    about?.default_generation_settings?.n_ctx,
    entry.max_context_length,
    about?.max_total_tokens,
  ];
  return [
    {
      name: entry.id,
      contextLength: lengths.find((length) => length != null) ?? null,
      vocabularySize: entry.meta?.n_vocab ?? null,
    },
  ];
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
