import { CoreError } from '../../errors';

/**
 * What is read from the draft model's logits.
 * @throws CoreError `logits-invalid`, which says that the draft model gave them.
 */
export function ofDraft<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'logits-invalid')) throw error;
    throw new CoreError('logits-invalid', error.message.replace('The model', 'The draft model'));
  }
}
