import type { ModelSummary } from '../../protocol/engine';
import type { ExplorerSettings } from '../../protocol/explorer';
import { Badge, Tag } from '../ui/badge';
import { Dropdown } from '../ui/dropdown';

export interface ModelControlsProps {
  readonly models: readonly ModelSummary[];
  readonly settings: ExplorerSettings;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
}

/** Which model, which of its files, and how tokens are chosen. */
export function ModelControls({ models, settings, disabled, onChange }: ModelControlsProps) {
  const model = chosenModel(models, settings);
  const file = settings.model?.file ?? model?.file;
  const variant = model?.variants.find((candidate) => candidate.file === file);
  const greedy = settings.sampling.temperature === 0;
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
          onChange={(folder) => onChange({ model: { folder } })}
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
        {model && model.variants.length <= 1 && (
          <Tag title={`${model.file}: weights of type ${model.dtype}`}>{model.dtype}</Tag>
        )}
      </span>
      <span class="control">
        <span class="control-name">Decoder</span>
        <Dropdown
          label="Decoder"
          value={greedy ? 'greedy' : 'sampling'}
          disabled={disabled}
          title="Exact: tokens are drawn from the model’s own distribution after the filters, and from nothing else."
          options={[
            { value: 'sampling', text: 'Sampling' },
            { value: 'greedy', text: 'Greedy' },
          ]}
          onChange={(chosen) =>
            onChange({
              decoder: 'autoregressive',
              sampling: { ...settings.sampling, temperature: chosen === 'greedy' ? 0 : 0.7 },
            })
          }
        />
        <Badge>exact</Badge>
      </span>
    </>
  );
}

export function chosenModel(models: readonly ModelSummary[], settings: ExplorerSettings): ModelSummary | null {
  return models.find((model) => model.folder === settings.model?.folder) ?? null;
}

/** Names, told apart by their parent folder where two are the same. */
function modelOptions(models: readonly ModelSummary[], settings: ExplorerSettings): { value: string; text: string }[] {
  const named = new Map<string, number>();
  for (const { name } of models) named.set(name, (named.get(name) ?? 0) + 1);
  const options = models.map((model) => {
    const parent = model.folder.split(/[\\/]/).at(-2) ?? '';
    const text = (named.get(model.name) ?? 0) > 1 ? `${model.name} (${parent})` : model.name;
    return { value: model.folder, text: model.problem ? `${text} (cannot be run)` : text };
  });
  const folder = settings.model?.folder;
  if (folder !== undefined && !models.some((model) => model.folder === folder)) {
    options.push({ value: folder, text: `${folder.split(/[\\/]/).at(-1) ?? folder} (not found)` });
  }
  return options;
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
  const shape = model.layers === null ? [] : [`${model.layers} layers × ${model.heads ?? '–'} heads`];
  return [model.architecture, ...shape, megabytes(model.bytes), model.folder].join(' · ');
}

export function megabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB`;
}
