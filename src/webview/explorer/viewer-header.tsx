import type { DecoderSummary } from '../../core/decode/registry';
import type { Trace } from '../../core/trace/record';
import { decodedBy } from '../../core/decode/titles';
import { Icon } from '../components/icon';
import { Tag } from '../ui/badge';
import { Button } from '../ui/button';
import { optionChips } from './decoder-texts';
import { ExactBadge } from './model-controls';
import { settingChips } from './sampling';

export interface ViewerHeaderProps {
  readonly trace: Trace | null;
  readonly decoders: readonly DecoderSummary[];
  readonly onRunAgain: () => void;
}

/** What a saved run was made with, in place of the controls. */
export function ViewerHeader({ trace, decoders, onRunAgain }: ViewerHeaderProps) {
  if (!trace) return <span class="muted">Saved run</span>;
  const { model, decoder, createdAt, software } = trace.header;
  const declared = decoders.find(({ name }) => name === decoder.name)?.options ?? {};
  return (
    <>
      <span class="control">
        <span class="control-name">Model</span>
        <b title={model.server ? `On the server at ${model.server.address}` : `${model.folder}, ${model.file}`}>
          {model.name}
        </b>
        <Tag>{model.server ? 'server' : model.dtype}</Tag>
      </span>
      <span class="control">
        <span class="control-name">Decoder</span>
        {decodedBy(model.server ? 'autoregressive' : decoder.name, trace.header.sampling.temperature)}
        <ExactBadge exact={decoder.exact} />
      </span>
      {decoder.draft && (
        <span class="control">
          <span class="control-name">Draft</span>
          <b title={`${decoder.draft.folder}, ${decoder.draft.file}`}>{decoder.draft.name}</b>
          <Tag>{decoder.draft.dtype}</Tag>
        </span>
      )}
      <span class="viewer-settings">
        {[...optionChips(decoder.options ?? {}, declared, 'all'), ...settingChips(trace.header)].map(
          ({ key, name, value }) => (
            <span key={key} class="setting setting-fixed">
              {name} <b>{value}</b>
            </span>
          ),
        )}
      </span>
      <span class="control viewer-date" title={`vivarium ${software.vivarium}, onnxruntime ${software.onnxruntime}`}>
        <span class="control-name">Saved run of</span>
        <time dateTime={createdAt}>{dateOf(createdAt)}</time>
      </span>
      <Button
        appearance="secondary"
        title="Run the prompt again with these settings, in an Explorer of its own"
        onClick={onRunAgain}
      >
        <Icon name="play" slot="start" />
        Run Again
      </Button>
    </>
  );
}

function dateOf(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
