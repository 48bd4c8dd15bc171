import type { CompletionPart, ServerToken } from '../../core/server/completion';
import type { ServerKind } from '../../core/trace/record';
import type { TokenInfo } from '../../protocol/models';
import type { ServerAbilities, ServerModel, ServerPrompt, ServerRunRequest } from '../../protocol/servers';
import type { ServerHttp } from './http';

/** What answers at an address. */
export interface FoundServer {
  readonly kind: ServerKind;
  readonly name: string;
  readonly version: string | null;
  readonly models: readonly FoundModel[];
}

export interface FoundModel extends ServerModel {
  /** null where the server does not say. */
  readonly vocabularySize: number | null;
}

/** A model of a server, and how it is asked. */
export interface Asking {
  readonly http: ServerHttp;
  readonly server: FoundServer;
  readonly model: FoundModel;
  readonly signal: AbortSignal;
}

/** A run that has begun. */
export interface BegunRun {
  /** Empty where the server tells nothing of it. */
  readonly prompt: readonly ServerToken[];
  readonly promptText?: string;
  /** What is generated, as it comes; it ends with the answer. @throws Problem `server` or `cancelled`. */
  readonly parts: AsyncIterable<CompletionPart>;
  /** See `ServerIdentity.namesOnly`. */
  readonly namesOnly?: boolean;
  /** What is to be known when it has ended, one sentence each. */
  readonly notes: readonly string[];
}

/** How one kind of server is spoken to. */
export interface Speaker {
  /** What it can give; asks for a token or two where that cannot be known otherwise. */
  abilities(asking: Asking): Promise<{ readonly can: ServerAbilities; readonly notes: readonly string[] }>;
  /** null where it does not tell tokens. */
  tokenize(asking: Asking, prompt: ServerPrompt): Promise<readonly TokenInfo[] | null>;
  /** Has the prompt read; what follows is in `parts`. */
  begin(asking: Asking, request: ServerRunRequest): Promise<BegunRun>;
}
