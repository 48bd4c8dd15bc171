import * as vscode from 'vscode';
import { packedLength } from '../../core/lens/packed';
import { MOST_ATTENTION_BYTES, type ResultAttention, type ResultHead } from '../../core/notebook/result';
import type { Trace } from '../../core/trace/record';
import type { Caller } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { RunRequest } from '../../protocol/runs';

/** Attention for a notebook: every head as codes while the file stays small, else the first ones, and that is said. */
export async function attentionOf(
  engine: Caller<EngineApi>,
  { runId, capture }: RunRequest,
  { header }: Trace,
): Promise<{ readonly attention: ResultAttention | null; readonly note: readonly string[] }> {
  const layers = header.capture.attention;
  if (capture.attention !== 'all' || layers.length === 0) return { attention: null, note: [] };
  const places = layers.flatMap((layer) => Array.from({ length: header.model.heads }, (_, head) => ({ layer, head })));
  const heads: ResultHead[] = [];
  let tokens = 0;
  for (const place of places) {
    const { codes, ...map } = await engine.call('attentionHead', { runId, ...place });
    tokens = map.tokens;
    const most = Math.max(1, Math.floor(MOST_ATTENTION_BYTES / packedLength(tokens)));
    if (heads.length >= most) break;
    heads.push({ ...place, codes: Buffer.from(codes).toString('base64') });
  }
  const left = places.length - heads.length;
  const note = vscode.l10n.t(
    'Attention of the first {0} heads is kept in the notebook, of {1} it is not.',
    heads.length,
    left,
  );
  return { attention: { tokens, heads }, note: left > 0 ? [note] : [] };
}
