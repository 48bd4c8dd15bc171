import type { ModelSummary } from '../../protocol/models';
import { Button } from '../ui/button';
import { samplePrompts } from './sample-prompts';

export interface EmptyStateProps {
  readonly mode: 'explorer' | 'viewer';
  readonly models: readonly ModelSummary[];
  readonly model: ModelSummary | null;
  readonly onPrompt: (prompt: string) => void;
  readonly onRefresh: () => void;
  readonly onWalkthrough: () => void;
}

/** Nothing has been run: says what this is for, and offers a first step. */
export function EmptyState({ mode, models, model, onPrompt, onRefresh, onWalkthrough }: EmptyStateProps) {
  if (mode === 'viewer') {
    return (
      <div class="empty">
        <h2>Nothing to show</h2>
        <p>This file holds no token of a run.</p>
      </div>
    );
  }
  if (models.length === 0) {
    return (
      <div class="empty">
        <h2>No model found</h2>
        <p>
          A model is a folder with <code>config.json</code> and an ONNX file. Put one into the workspace, or add a
          folder of models in the Models view.
        </p>
        <Button onClick={onRefresh}>Look again</Button>
      </div>
    );
  }
  const samples = model?.problem ? [] : samplePrompts(model);
  const life = model?.kind === 'life';
  return (
    <div class="empty">
      <h2>{life ? 'Let the model take a step' : 'See what the model expects'}</h2>
      <p>
        {life
          ? 'Draw a board, or choose a pattern, and press Run. Each cell of its answer then shows how sure it was, and every head what it looked at.'
          : 'Type a prompt and press Run. Each token then shows how probable it was, what else could have come, and what every head looked at.'}
      </p>
      {samples.length > 0 && (
        <>
          <h3>Or begin with one of these</h3>
          <ul class="samples">
            {samples.map((sample) => (
              <li key={sample.title}>
                <button type="button" class="sample" onClick={() => onPrompt(sample.prompt)}>
                  {sample.title}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <button type="button" class="link" onClick={onWalkthrough}>
          Take the five-minute tour
        </button>
      </p>
    </div>
  );
}
