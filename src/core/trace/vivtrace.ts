import { CoreError } from '../errors';
import { TraceAssembler, traceEvents } from './assemble';
import { FieldError, Fields } from './fields';
import { speculationOf, speculationSummaryOf } from './readSpeculation';
import {
  MIXINGS,
  SERVER_KINDS,
  TOKEN_ORIGINS,
  TRACE_VERSION,
  type Alternative,
  type Judgement,
  type LifeGrid,
  type ModelIdentity,
  type PartialJudgement,
  type ReportedDraft,
  type ServerIdentity,
  type Trace,
  type TraceDecoder,
  type TraceEvent,
  type TraceHeader,
  type TracePass,
  type TraceSummary,
  type TraceToken,
} from './record';

/** Most ids that a vocabulary may have. */
const MOST_IDS = 100_000_000;

/** One line of a `.vivtrace` file, its newline included. */
export function serializeEvent(event: TraceEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A whole `.vivtrace` file. */
export function serializeTrace(trace: Trace): string {
  let text = '';
  for (const event of traceEvents(trace)) text += serializeEvent(event);
  return text;
}

export interface ParsedTrace {
  readonly trace: Trace;
  /** What is not as it should be, one sentence each: cut in the middle, damaged, lines of unknown kind. */
  readonly notes: readonly string[];
}

/**
 * Reads a `.vivtrace` file that anyone may have written. Every field is checked, unknown fields are dropped, and what
 * stands before the first damage is given with a note that says so.
 * @throws CoreError `trace-invalid` where it is no trace, has no whole header, or was made by a newer version.
 */
export function parseTrace(text: string): ParsedTrace {
  const lines = linesOf(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const assembler = new TraceAssembler();
  const notes: string[] = [];
  const first = lines.next();
  if (first.done) throw new CoreError('trace-invalid', 'The file is empty: it is no Vivarium trace.');
  const header = readHeader(first.value);
  assembler.add(header);

  let unknown = 0;
  let finished = false;
  let damaged = false;
  for (const line of lines) {
    try {
      // A server may not say how large its vocabulary is.
      const event = readEvent(JSON.parse(line.text), header.model.vocabularySize || MOST_IDS);
      if (event === null) unknown++;
      else assembler.add(event);
      finished = event?.type === 'summary' || finished;
    } catch (error) {
      damaged = true;
      // A last line without its newline is what an interrupted write leaves.
      if (line.whole) notes.push(damage(line.number, error));
      else notes.push('The file was cut in the middle: what stands before the cut is shown.');
      break;
    }
  }
  if (unknown > 0) notes.push(`${unknown} ${unknown === 1 ? 'line' : 'lines'} of unknown kind left out.`);
  if (!finished && !damaged) notes.push('The file ends before its run did: what was recorded until then is shown.');
  return { trace: assembler.trace as Trace, notes };
}

interface Line {
  readonly text: string;
  readonly number: number;
  /** Whether a newline ends it. */
  readonly whole: boolean;
}

function* linesOf(text: string): Generator<Line> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    if (line !== '') yield { text: line, number, whole: newline >= 0 };
    start = end + 1;
  }
}

function damage(line: number, error: unknown): string {
  const reason = error instanceof FieldError || error instanceof CoreError ? ` (${error.message})` : '';
  return `Line ${line} of the file is damaged${reason}: what stands before it is shown.`;
}

function readHeader(line: Line): TraceHeader {
  const notTrace = new CoreError('trace-invalid', 'This is no Vivarium trace: it does not begin with a header.');
  let fields: Fields;
  try {
    fields = Fields.of(JSON.parse(line.text));
    fields.oneOf('type', ['header']);
  } catch {
    if (!line.whole && line.text.startsWith('{"type":"header"')) {
      throw new CoreError('trace-invalid', 'The trace was cut within its header: nothing of it can be shown.');
    }
    throw notTrace;
  }
  try {
    const version = fields.integer('version', 1);
    if (version > TRACE_VERSION) {
      const message = `The trace was made by a newer Vivarium (trace version ${version}; this one reads ${TRACE_VERSION}).`;
      throw new CoreError('trace-invalid', `${message} Update Vivarium to open it.`);
    }
    return headerOf(fields);
  } catch (error) {
    if (error instanceof FieldError) {
      throw new CoreError('trace-invalid', `The header of the trace is damaged (${error.message}).`);
    }
    throw error;
  }
}

function readEvent(value: unknown, vocabularySize: number): TraceEvent | null {
  const fields = Fields.of(value);
  switch (fields.text('type')) {
    case 'header':
      return headerOf(fields);
    case 'token':
      return tokenOf(fields, vocabularySize);
    case 'pass':
      return passOf(fields, vocabularySize);
    case 'summary':
      return summaryOf(fields);
    default:
      return null;
  }
}

function headerOf(fields: Fields): TraceHeader {
  const software = fields.child('software');
  const sampling = fields.child('sampling');
  const capture = fields.child('capture');
  const model = modelOf(fields.child('model'));
  return {
    type: 'header',
    version: TRACE_VERSION,
    id: fields.text('id'),
    createdAt: fields.text('createdAt'),
    software: {
      vivarium: software.text('vivarium'),
      onnxruntime: software.text('onnxruntime'),
      node: software.text('node'),
      platform: software.text('platform'),
    },
    model,
    tokenizer: fields.oneOf('tokenizer', ['tokenizer.json', 'none']),
    ...(fields.has('promptText') ? { promptText: fields.text('promptText') } : {}),
    promptLength: fields.integer('promptLength', model.server ? 0 : 1),
    decoder: decoderOf(fields.child('decoder')),
    sampling: {
      temperature: sampling.number('temperature', 0),
      topK: sampling.integer('topK'),
      topP: sampling.number('topP', 0, 1),
      minP: sampling.number('minP', 0, 1),
      seed: sampling.integer('seed', 0, 0xffffffff),
    },
    maxNewTokens: fields.integer('maxNewTokens'),
    endIds: fields.integers('endIds'),
    capture: {
      attention: capture.integers('attention', model.layers),
      hidden: capture.integers('hidden', model.layers),
      logits: capture.flag('logits'),
    },
  };
}

function decoderOf(fields: Fields): TraceDecoder {
  return {
    name: fields.text('name'),
    exact: fields.flag('exact'),
    ...(fields.has('options') ? { options: fields.values('options') } : {}),
    ...(fields.has('draft') ? { draft: modelOf(fields.child('draft')) } : {}),
  };
}

function modelOf(fields: Fields): ModelIdentity {
  return {
    name: fields.text('name'),
    folder: fields.text('folder'),
    file: fields.text('file'),
    sha256: fields.text('sha256'),
    dtype: fields.text('dtype'),
    architecture: fields.text('architecture'),
    task: fields.oneOf('task', ['text', 'life']),
    layers: fields.integer('layers', 0, 10_000),
    heads: fields.integer('heads', 0, 10_000),
    ...(fields.has('mixing') ? { mixing: fields.oneOfEach('mixing', MIXINGS) } : {}),
    vocabularySize: fields.integer('vocabularySize', fields.has('server') ? 0 : 1, MOST_IDS),
    contextLength: fields.orNull('contextLength', (key) => fields.integer(key, 1)),
    ...(fields.has('life') ? { life: lifeOf(fields.child('life')) } : {}),
    ...(fields.has('server') ? { server: serverOf(fields.child('server')) } : {}),
  };
}

function serverOf(fields: Fields): ServerIdentity {
  return {
    kind: fields.oneOf('kind', SERVER_KINDS),
    address: fields.text('address'),
    version: fields.orNull('version', (key) => fields.text(key)),
    ...(fields.has('namesOnly') ? { namesOnly: fields.flag('namesOnly') } : {}),
  };
}

function lifeOf(fields: Fields): LifeGrid {
  return {
    width: fields.integer('width', 1, 4096),
    height: fields.integer('height', 1, 4096),
    topology: fields.oneOf('topology', ['torus', 'plane']),
    rule: fields.text('rule'),
    prompt: fields.text('prompt'),
    answer: fields.text('answer'),
  };
}

function tokenOf(fields: Fields, vocabularySize: number): TraceToken {
  return {
    type: 'token',
    index: fields.integer('index'),
    id: fields.integer('id', 0, vocabularySize - 1),
    text: fields.text('text'),
    bytes: fields.integers('bytes', 255),
    special: fields.flag('special'),
    origin: fields.oneOf('origin', TOKEN_ORIGINS),
    judgement: fields.orNull('judgement', (key) => judgementOf(fields.child(key), vocabularySize)),
  };
}

function judgementOf(fields: Fields, vocabularySize: number): Judgement {
  return {
    probability: fields.number('probability', 0, 1),
    rank: fields.integer('rank', 1, vocabularySize),
    surprisal: fields.number('surprisal', 0),
    entropy: fields.number('entropy', 0),
    top: fields.objects('top', (entry): Alternative => ({
      id: entry.integer('id', 0, vocabularySize - 1),
      text: entry.text('text'),
      probability: entry.number('probability', 0, 1),
    })),
    ...(fields.has('partial') ? { partial: partialOf(fields.child('partial')) } : {}),
  };
}

function partialOf(fields: Fields): PartialJudgement {
  return {
    outside: fields.number('outside', 0, 1),
    entropyAtMost: fields.orNull('entropyAtMost', (key) => fields.number(key, 0)),
    rankKnown: fields.flag('rankKnown'),
  };
}

function passOf(fields: Fields, vocabularySize: number): TracePass {
  return {
    type: 'pass',
    step: fields.integer('step'),
    contextLength: fields.integer('contextLength'),
    fed: fields.integer('fed', 1),
    milliseconds: fields.number('milliseconds', 0),
    ...(fields.has('draftMilliseconds') ? { draftMilliseconds: fields.number('draftMilliseconds', 0) } : {}),
    ...(fields.has('speculation') ? { speculation: speculationOf(fields.child('speculation'), vocabularySize) } : {}),
  };
}

function reportedOf(fields: Fields): ReportedDraft {
  const drafted = fields.integer('drafted', 0);
  const start = fields.orNull('start', (key) => fields.integer(key));
  return { start, drafted, accepted: fields.integer('accepted', 0, drafted) };
}

function summaryOf(fields: Fields): TraceSummary {
  return {
    type: 'summary',
    finish: fields.oneOf('finish', ['end-of-text', 'length', 'context-full', 'cancelled', 'failed']),
    ...(fields.has('message') ? { message: fields.text('message') } : {}),
    passes: fields.integer('passes'),
    promptTokens: fields.integer('promptTokens'),
    generatedTokens: fields.integer('generatedTokens'),
    seconds: fields.number('seconds', 0),
    prefillSeconds: fields.number('prefillSeconds', 0),
    tokensPerSecond: fields.orNull('tokensPerSecond', (key) => fields.number(key, 0)),
    ...(fields.has('speculation') ? { speculation: speculationSummaryOf(fields.child('speculation')) } : {}),
    ...(fields.has('reported') ? { reported: fields.objects('reported', reportedOf) } : {}),
    notes: fields.texts('notes'),
  };
}
