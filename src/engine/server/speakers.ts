import type { ServerKind } from '../../core/trace/record';
import type { Speaker } from './speaker';
import { vllm } from './vllm';

/** How each kind of server is spoken to. */
export const SPEAKERS: Readonly<Record<ServerKind, Speaker>> = { vllm, 'llama.cpp': vllm, openai: vllm };
