import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onnxNames } from './hubCache';

/** One ONNX file of a model folder, by its name alone. */
export interface OnnxFile {
  /** Relative to the folder, forward slashes. */
  readonly file: string;
  /** Bytes of the file itself. */
  readonly bytes: number;
  /** From the suffix of the name; null where it has none. */
  readonly dtype: string | null;
  readonly layout: 'model' | 'merged' | 'without-past' | 'with-past' | 'other';
  /** For a file without past: the file with past that goes on from its cache, relative to the folder. */
  readonly partner: string | null;
}

/** transformers.js's suffixes and those of common exporters, as dtypes are called here. */
const suffixes: ReadonlyMap<string, string> = new Map([
  ['fp32', 'fp32'],
  ['fp16', 'fp16'],
  ['bf16', 'bf16'],
  ['int8', 'int8'],
  ['quantized', 'int8'],
  ['q8', 'int8'],
  ['uint8', 'uint8'],
  ['q4', 'q4'],
  ['int4', 'q4'],
  ['q4f16', 'q4f16'],
  ['bnb4', 'bnb4'],
  ['q2', 'q2'],
  ['q2f16', 'q2f16'],
  ['q1', 'q1'],
  ['q1f16', 'q1f16'],
]);

/** Parts of larger models that are no decoders of text. */
const otherParts =
  /^(encoder|vision|audio|image|embed|text_encoder|vae|unet|preprocessor|speech|tokenizer|detokenizer)/i;

/** `model_fp16.onnx` -> stem `model`, dtype `fp16`. */
function splitName(name: string): { stem: string; dtype: string | null } {
  const base = name.replace(/\.onnx$/i, '');
  const match = /^(.*?)[_.-]([a-z]+\d*(?:f16)?)$/i.exec(base);
  const dtype = suffixes.get(match?.[2]?.toLowerCase() ?? '');
  return match && dtype !== undefined ? { stem: match[1] ?? base, dtype } : { stem: base, dtype: null };
}

function layoutOf(stem: string): OnnxFile['layout'] {
  if (/^decoder_with_past_model$/i.test(stem)) return 'with-past';
  if (/^decoder(_model)?_merged$/i.test(stem)) return 'merged';
  if (/^decoder_model$/i.test(stem)) return 'without-past';
  if (/^(decoder_)?model(_merged)?$/i.test(stem)) return 'model';
  return 'other';
}

/**
 * The ONNX files of a folder that could be decoders: in the folder itself and in `onnx/`, those that genai_config.json or
 * the usual names say, else any. In the order of preference: the first is what is run when none is chosen.
 *
 * 1. the file that genai_config.json names;
 * 2. `model*.onnx`, then the merged decoder, then `decoder_model` with `decoder_with_past_model`, then other names;
 * 3. in each of these the most exact numbers first: fp32 (or no suffix), fp16, bf16, int8, uint8, q4, and the rest;
 * 4. the folder itself before `onnx/`.
 */
export async function findOnnxFiles(folder: string, genaiFile: string | null): Promise<OnnxFile[]> {
  const found = [...(await filesIn(folder, '')), ...(await filesIn(folder, 'onnx/'))];
  const names = new Set(found.map(({ file }) => file));
  const files = found
    .map(({ file, bytes }): OnnxFile => {
      const directory = file.startsWith('onnx/') ? 'onnx/' : '';
      const name = file.slice(directory.length);
      const { stem, dtype } = splitName(name);
      const layout = layoutOf(stem);
      const partner = `${directory}${name.replace(/^decoder_model/i, 'decoder_with_past_model')}`;
      const hasPartner = layout === 'without-past' && names.has(partner);
      return { file, bytes, dtype, layout, partner: hasPartner ? partner : null };
    })
    .filter(({ file }) => file === genaiFile || !otherParts.test(file.replace('onnx/', '')));
  const partners = new Set(files.map(({ partner }) => partner));
  const single = files.filter(({ file }) => !partners.has(file));
  const known = single.filter(({ file, layout }) => layout !== 'other' || file === genaiFile);
  const candidates = known.length > 0 ? known : single;
  return candidates.sort((a, b) => rank(a, genaiFile) - rank(b, genaiFile) || (a.file < b.file ? -1 : 1));
}

const layouts: readonly OnnxFile['layout'][] = ['model', 'merged', 'without-past', 'with-past', 'other'];
const exactness = ['fp32', 'fp16', 'bf16', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'];

function rank(file: OnnxFile, genaiFile: string | null): number {
  if (file.file === genaiFile) return -1;
  const dtype = exactness.indexOf(file.dtype ?? 'fp32');
  return (
    layouts.indexOf(file.layout) * 100 +
    (dtype < 0 ? exactness.length : dtype) * 2 +
    (file.file.startsWith('onnx/') ? 1 : 0)
  );
}

async function filesIn(folder: string, directory: string): Promise<{ file: string; bytes: number }[]> {
  const files: { file: string; bytes: number }[] = [];
  for (const name of onnxNames(join(folder, directory))) {
    // A link to a file that is gone is no file; Hugging Face's own cache is made of links.
    const info = await stat(join(folder, directory, name)).catch(() => null);
    if (info?.isFile()) files.push({ file: `${directory}${name}`, bytes: info.size });
  }
  return files;
}
