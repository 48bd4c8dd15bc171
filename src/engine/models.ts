import { statSync } from 'node:fs';
import { join } from 'node:path';
import { findDecoder } from '../core/decode/registry';
import type { ModelRef } from '../protocol/models';
import type { RunRequest } from '../protocol/runs';
import type { Models } from './api';
import { estimateMemory, inspectModel, listModels, modelFolder, type ModelStore, type ModelTokenizer } from './model';
import { TENSOR_BUDGET_BYTES } from './tensors/plan';
import { openTokenizer } from './tokenizer';

/** Tokenizers that are kept; one of 150,000 tokens takes some tens of megabytes. */
const TOKENIZERS_KEPT = 4;

const NOTHING = { attention: [], hidden: [], logits: false };

/**
 * Model folders as the handlers see them.
 * @param budget bytes of tensors that are kept over all runs
 */
export function folderModels(store: ModelStore, budget = TENSOR_BUDGET_BYTES): Models {
  const tokenizers = new Tokenizers();
  return {
    load: (ref, options) => store.open(ref, options),
    list: listModels,
    inspect: inspectModel,
    estimate: async (run) => {
      const tokens = (await promptTokens(run, tokenizers)) + run.maxNewTokens;
      const draft =
        (await ownParts(run, tokens, budget)) ??
        (run.draft &&
          (await estimateMemory(run.draft, {
            tokens,
            capture: NOTHING,
            budget,
            // A draft that is the model itself adds a cache alone.
            isLoaded: store.isOpen(run.draft) || isSameModel(run.draft, run.model),
          })));
      return estimateMemory(run.model, {
        tokens,
        capture: run.capture,
        isLoaded: store.isOpen(run.model),
        budget,
        ...(draft ? { draft } : {}),
      });
    },
    tokenizer: (ref) => tokenizers.of(ref),
    sessions: () => store.sessions,
  };
}

/** A model that is cut for early exit is loaded once more, in parts; its cache is divided among them. */
async function ownParts(
  run: RunRequest,
  tokens: number,
  budget: number,
): Promise<{ model: number; cache: number } | null> {
  if (!findDecoder(run.decoder)?.needs.includes('exit')) return null;
  const request = { tokens, capture: NOTHING, isLoaded: false, budget };
  return { model: (await estimateMemory(run.model, request)).model, cache: 0 };
}

function isSameModel(a: ModelRef, b: ModelRef): boolean {
  return modelFolder(a.folder) === modelFolder(b.folder) && a.file === b.file;
}

async function promptTokens({ model, prompt }: RunRequest, tokenizers: Tokenizers): Promise<number> {
  if ('ids' in prompt) return prompt.ids.length;
  return prompt.text === '' ? 0 : (await tokenizers.of(model)).encode(prompt.text).length;
}

/** Tokenizers of folders, kept until their file changes. */
class Tokenizers {
  /** Least recently used first. */
  private readonly kept = new Map<string, { readonly stamp: string; readonly tokenizer: Promise<ModelTokenizer> }>();

  of(ref: ModelRef): Promise<ModelTokenizer> {
    const folder = modelFolder(ref.folder);
    const stamp = stampOf(join(folder, 'tokenizer.json'));
    const known = this.kept.get(folder);
    const tokenizer = known?.stamp === stamp ? known.tokenizer : openTokenizer(folder);
    this.kept.delete(folder);
    this.kept.set(folder, { stamp, tokenizer });
    // What could not be opened is tried again, for it may have been mended.
    tokenizer.catch(() => this.kept.delete(folder));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= TOKENIZERS_KEPT) break;
      this.kept.delete(oldest);
    }
    return tokenizer;
  }
}

function stampOf(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? `${info.size} ${info.mtimeMs}` : 'none';
}
