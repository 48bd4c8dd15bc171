import type { DecoderSummary } from '../../core/decode/registry';
import { runDefaults } from '../../core/life/prompt';
import { decoderTitle } from '../../core/decode/titles';
import { draftOf, draftsFor } from '../../protocol/drafts';
import type { ModelSummary } from '../../protocol/models';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { Badge, Tag } from '../ui/badge';
import { Dropdown } from '../ui/dropdown';

export interface ModelControlsProps {
  readonly models: readonly ModelSummary[];
  readonly decoders: readonly DecoderSummary[];
  readonly settings: ExplorerSettings;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
}

/** Which model, which of its files, and how tokens are chosen. */
export function ModelControls(props: ModelControlsProps) {
  const { models, settings, disabled, onChange } = props;
  const model = chosenModel(models, settings);
  const file = settings.model?.file ?? model?.file;
  const variant = model?.variants.find((candidate) => candidate.file === file);
  return (
    <>
      <span class="control">
        <span class="control-name">Model</span>
        <Dropdown
          label="Model"
          class="model-list"
          value={settings.model?.folder ?? ''}
          disabled={disabled || models.length === 0}
          options={modelOptions(models, settings)}
          {...(model ? { title: modelTitle(model) } : {})}
          onChange={(folder) => onChange({ model: { folder }, ...begin(models, folder, settings) })}
        />
        {model && model.variants.length > 1 && file !== undefined && (
          <Dropdown
            label="File of the model, by type of its weights"
            value={file}
            disabled={disabled}
            title={`${file}: ${variant ? megabytes(variant.bytes) : 'unknown size'}`}
            options={variantOptions(model)}
            onChange={(chosen) => onChange({ model: { folder: model.folder, file: chosen } })}
          />
        )}
        {model?.server && (
          <Tag
            title={`${modelTitle(model)}. Prompts are sent ${model.server.chat ? 'as a message, in the chat template of the model' : 'as they are'}.`}
          >
            {model.server.chat ? 'server, chat' : 'server'}
          </Tag>
        )}
        {model && !model.server && model.variants.length <= 1 && (
          <Tag title={`${model.file}: weights of type ${model.dtype}`}>{model.dtype}</Tag>
        )}
      </span>
      {model?.server ? <ServerDecoder {...props} /> : <DecoderControls {...props} model={model} />}
    </>
  );
}

/** A server decodes by itself: what can be chosen is whether it draws. */
function ServerDecoder({ settings: { sampling }, disabled, onChange }: ModelControlsProps) {
  const greedy = sampling.temperature === 0;
  return (
    <span class="control">
      <span class="control-name">Decoder</span>
      <Dropdown
        label="Decoder"
        value={greedy ? 'greedy' : 'sampling'}
        disabled={disabled}
        title="The server decodes by itself, with a draft of its own where it was started with one. Decoders of this machine, and a local draft, would need a pass for each trip over the network."
        options={[
          { value: 'sampling', text: 'Sampling' },
          { value: 'greedy', text: 'Greedy' },
        ]}
        onChange={(chosen) =>
          onChange({
            decoder: PLAIN,
            sampling: { ...sampling, temperature: chosen === 'greedy' ? 0 : greedy ? 0.7 : sampling.temperature },
          })
        }
      />
      <Badge title="Decoders of this machine and local drafts are not offered: they would need a pass for each trip over the network.">
        the server’s
      </Badge>
    </span>
  );
}

/** How tokens are chosen: the decoder, and the model that drafts for it. */
function DecoderControls(props: ModelControlsProps & { readonly model: ModelSummary | null }) {
  const { models, decoders, settings, disabled, model, onChange } = props;
  const decoder = decoders.find(({ name }) => name === settings.decoder);
  const { sampling } = settings;
  const greedy = sampling.temperature === 0;
  const fitting = decoders.filter(({ task }) => task === 'any' || !model || task === model.kind);
  const choose = (chosen: string): void => {
    if (chosen === 'sampling')
      onChange({ decoder: PLAIN, sampling: { ...sampling, temperature: greedy ? 0.7 : sampling.temperature } });
    else if (chosen === 'greedy') onChange({ decoder: PLAIN, sampling: { ...sampling, temperature: 0 } });
    else onChange({ decoder: chosen });
  };
  const options = [
    { value: 'sampling', text: 'Sampling' },
    { value: 'greedy', text: 'Greedy' },
    ...fitting.filter(({ name }) => name !== PLAIN).map(({ name }) => ({ value: name, text: decoderTitle(name) })),
  ];
  if (!fitting.some(({ name }) => name === settings.decoder) && settings.decoder !== PLAIN) {
    options.push({ value: settings.decoder, text: `${decoderTitle(settings.decoder)} (not for this model)` });
  }
  const drafts = model && decoder?.needs.includes('draft') ? draftsFor(model, models) : null;
  return (
    <>
      <span class="control">
        <span class="control-name">Decoder</span>
        <Dropdown
          label="Decoder"
          value={settings.decoder !== PLAIN ? settings.decoder : greedy ? 'greedy' : 'sampling'}
          disabled={disabled}
          {...(decoder ? { title: decoder.about } : {})}
          options={options}
          onChange={choose}
        />
        <ExactBadge exact={decoder?.exact ?? true} />
      </span>
      {model && drafts && (
        <span class="control">
          <span class="control-name">Draft</span>
          <Dropdown
            label="Draft model"
            class="model-list"
            value={draftOf(model, models, settings.draft)?.folder ?? ''}
            disabled={disabled || drafts.length === 0}
            title="The model that drafts. It must have the same tokens as the model."
            options={
              drafts.length > 0
                ? modelOptions(drafts, { ...settings, model: null })
                : [{ value: '', text: 'none with the same vocabulary' }]
            }
            onChange={(folder) => onChange({ draft: { folder } })}
          />
        </span>
      )}
    </>
  );
}

const PLAIN = 'autoregressive';

/** Whether what is drawn follows the model's own distribution. */
export function ExactBadge({ exact }: { readonly exact: boolean }) {
  return exact ? (
    <Badge title="Exact: tokens follow the model’s own distribution after the filters, and no other.">exact</Badge>
  ) : (
    <Badge title="Lossy: tokens may follow another distribution than the model’s.">lossy</Badge>
  );
}

export function chosenModel(models: readonly ModelSummary[], settings: ExplorerSettings): ModelSummary | null {
  return models.find((model) => model.folder === settings.model?.folder) ?? null;
}

/** Names, told apart by their parent folder where two are the same. */
function modelOptions(models: readonly ModelSummary[], settings: ExplorerSettings): { value: string; text: string }[] {
  const named = new Map<string, number>();
  for (const { name, server } of models) if (!server) named.set(name, (named.get(name) ?? 0) + 1);
  const options = models.map((model) => {
    const parent = model.folder.split(/[\\/]/).at(-2) ?? '';
    const twice = (named.get(model.name) ?? 0) > 1;
    const text = model.server ? `${model.name} (${host(model)})` : twice ? `${model.name} (${parent})` : model.name;
    return { value: model.folder, text: model.problem ? `${text} (cannot be run)` : text };
  });
  const folder = settings.model?.folder;
  if (folder !== undefined && !models.some((model) => model.folder === folder)) {
    options.push({ value: folder, text: `${folder.split(/[\\/]/).at(-1) ?? folder} (not found)` });
  }
  return options;
}

function host({ server }: ModelSummary): string {
  return server?.address.replace(/^https?:\/\//, '') ?? '';
}

function variantOptions(model: ModelSummary): { value: string; text: string }[] {
  const named = new Map<string, number>();
  for (const { dtype } of model.variants) named.set(dtype, (named.get(dtype) ?? 0) + 1);
  return model.variants.map(({ file, dtype }) => ({
    value: file,
    text: (named.get(dtype) ?? 0) > 1 ? `${dtype} · ${file.split('/').at(-1) ?? file}` : dtype,
  }));
}

function modelTitle(model: ModelSummary): string {
  if (model.server) return `${model.server.software ?? 'A server'} at ${model.server.address}`;
  const shape = model.layers === null ? [] : [`${model.layers} layers × ${model.heads ?? '–'} heads`];
  return [model.architecture, ...shape, megabytes(model.bytes), model.folder].join(' · ');
}

export function megabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB`;
}

/** A Life model begins as Life models do; from one to another, what the user set stays. */
function begin(
  models: readonly ModelSummary[],
  folder: string,
  { model: before, maxNewTokens, sampling }: ExplorerSettings,
): Partial<ExplorerSettings> {
  const find = (wanted: string | undefined) => models.find((each) => each.folder === wanted);
  const model = find(folder);
  if (!model) return {};
  const defaults = runDefaults(model, { maxNewTokens, sampling });
  return find(before?.folder)?.life ? { maxNewTokens: defaults.maxNewTokens } : defaults;
}
