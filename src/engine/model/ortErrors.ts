import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';

function raw(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What onnxruntime said without the places in its own source code: `/onnxruntime_src/.../graph.cc:1555 void f(...) `. */
function plain(message: string): string {
  const said = message
    .replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '')
    .replace(/^Load model from .*? failed:/, '');
  return withoutPlace(said).replace(/\s+/g, ' ').trim();
}

/** Without the first word that ends in a place, and the function's name up to its last bracket. */
function withoutPlace(message: string): string {
  for (const { 0: word, index } of message.matchAll(/\S+/g)) {
    if (!word.includes('onnxruntime') || !/\.(?:cc|h):\d+$/.test(word)) continue;
    const end = message.indexOf(') ', index + word.length);
    if (end < 0) break;
    return message.slice(0, index) + message.slice(end + (message.startsWith(') const ', end) ? 8 : 2));
  }
  return message;
}

/** First sentence, so that a message stays one; the rest is in the details. */
function firstSentence(message: string): string {
  const end = /[.;](?=\s|$)/.exec(message);
  const sentence = end ? message.slice(0, end.index) : message;
  return quoted(sentence);
}

interface LoadRule {
  readonly pattern: RegExp;
  readonly code: 'onnx-unsupported' | 'onnx-invalid' | 'external-data' | 'memory';
  readonly what: (match: RegExpExecArray) => string;
  readonly action: string;
}

const otherExport = 'Export the model again with a current exporter, or choose another file of the model.';

const shapesKept = 'keeps constants that shapes are made of in another file, where onnxruntime cannot read them';
const withoutAttributes =
  'Save the model again with external data for its initializers alone (convert_attribute=False in onnx.save_model).';

/** What onnxruntime would say of a file whose operators have their constants in another. */
export function shapesInOtherFile(file: string, location: string): Problem {
  return new Problem({
    code: 'external-data',
    message: `${file} ${shapesKept.replace('another file', quoted(location))}.`,
    action: withoutAttributes,
  });
}

const loadRules: readonly LoadRule[] = [
  {
    pattern: /Could not find an implementation for (\S+?)\(/,
    code: 'onnx-unsupported',
    what: ([, op]) => `needs the operator ${op} in a form that onnxruntime does not have for the CPU`,
    action: 'Choose another file of the model (fp32 runs everywhere), or export it without this operator.',
  },
  {
    pattern:
      /(?<!\S)(\S+?)\(-?\d*\) is not a registered function\/op|No Op registered for (\S+)|No opset import for domain '?([^\s']+)/,
    code: 'onnx-unsupported',
    what: ([, op, other, domain]) =>
      domain
        ? `needs operators of "${domain}", which onnxruntime does not know`
        : `needs the operator ${op ?? other}, which onnxruntime does not know`,
    action: 'Export the model with the standard’s operators or onnxruntime’s own.',
  },
  {
    pattern: /Unsupported model IR version: (\d+)|Opset (\d+) is under development/,
    code: 'onnx-unsupported',
    what: ([, ir, opset]) => `is newer than this onnxruntime: ${ir ? `IR version ${ir}` : `opset ${opset}`}`,
    action: 'Export the model with an older opset.',
  },
  {
    pattern: /Cannot parse data from external tensors/,
    code: 'external-data',
    what: () => shapesKept,
    action: withoutAttributes,
  },
  {
    pattern: /External data|external data|external initializer|External initializer/,
    code: 'external-data',
    what: () => 'has weights in another file that cannot be read',
    action: 'Put the file of weights beside the model, as it came.',
  },
  {
    pattern: /bad_alloc|[Ff]ailed to allocate memory|BFCArena/,
    code: 'memory',
    what: () => 'needs more memory than is free',
    action: 'Close other programs, or choose a smaller file of the model (int8, q4).',
  },
  {
    pattern: /[Pp]rotobuf parsing failed|INVALID_PROTOBUF/,
    code: 'onnx-invalid',
    what: () => 'is not a whole ONNX file',
    action: 'Download or export the file again.',
  },
];

/** The sentence for an error of onnxruntime when it loads `file`; its own words go to the details. */
export function loadProblem(error: unknown, file: string): Problem {
  if (error instanceof Problem) return error;
  const details = raw(error);
  for (const { pattern, code, what, action } of loadRules) {
    const match = pattern.exec(details);
    if (match) return new Problem({ code, message: `${file} ${what(match)}.`, action, details }, { cause: error });
  }
  const reason = ofOperator(details) ?? firstSentence(plain(details).replace(/^This is an invalid model\.\s*/, ''));
  return new Problem(
    {
      code: 'onnx-invalid',
      message: `${file} is not a valid ONNX model: ${reason}.`,
      action: otherExport,
      details,
    },
    { cause: error },
  );
}

/** What is wrong with one operator: `... In Node, ("name", Add, "", -1) : (...) -> (...) , Error Node (name) ...`. */
function ofOperator(details: string): string | undefined {
  const at = details.indexOf('In Node, ("');
  const error = details.lastIndexOf(', Error ');
  const [, name, op] = at < 0 || error < at ? [] : (/^In Node, \("([^"]*)", (\w+),/.exec(details.slice(at)) ?? []);
  if (op === undefined) return undefined;
  const fault = details.slice(error + ', Error '.length).replace(/^Node \S+ /, '');
  return fault === '' ? undefined : `its operator ${op} (${name}): ${firstSentence(fault)}`;
}

/** The sentence for an error of onnxruntime in a pass; its own words go to the details. */
export function runProblem(error: unknown, file: string): Problem {
  if (error instanceof Problem) return error;
  const details = raw(error);
  if (/bad_alloc|[Ff]ailed to allocate memory|BFCArena|Array buffer allocation failed/.test(details)) {
    return new Problem(
      {
        code: 'memory',
        message: `There is not enough free memory to run ${file} on this many tokens.`,
        action: 'Use a shorter prompt, capture fewer layers, or choose a smaller file of the model.',
        details,
      },
      { cause: error },
    );
  }
  const node = /running (\S+) node\. Name:'([^']*)'/.exec(details);
  const status = /Status Message: (.*)/s.exec(details)?.[1];
  const reason = firstSentence(plain(status ?? details));
  return new Problem(
    {
      code: 'run-failed',
      message: node
        ? `${file} failed while it ran, in its operator ${node[1]} (${node[2]}): ${reason}.`
        : `${file} failed while it ran: ${reason}.`,
      action: otherExport,
      details,
    },
    { cause: error },
  );
}
