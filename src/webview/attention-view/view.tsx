import { CursorFrame } from '../cursor/frame';
import type { AttentionLink } from './link';
import { Looks } from './looks';

/** Where the model looks from the token before the cursor. */
export function AttentionView({ link }: { readonly link: AttentionLink }) {
  return (
    <CursorFrame link={link} label="Attention" purpose="to see where a model looks from the token at the cursor">
      {({ looks }) => <Looks looks={looks} link={link} />}
    </CursorFrame>
  );
}
