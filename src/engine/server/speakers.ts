import type { ServerKind } from '../../core/trace/record';
import { llamaCpp } from './llamaCpp';
import { openai } from './openai';
import type { Speaker } from './speaker';
import { vllm } from './vllm';

/** How each kind of server is spoken to. */
export const SPEAKERS: Readonly<Record<ServerKind, Speaker>> = { vllm, 'llama.cpp': llamaCpp, openai };
