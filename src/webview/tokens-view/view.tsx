import { CursorFrame } from '../cursor/frame';
import { Distribution } from './distribution';
import type { TokensLink } from './link';
import './tokens-view.css';

/** What would follow the text before the cursor. */
export function TokensView({ link }: { readonly link: TokensLink }) {
  return (
    <CursorFrame link={link} label="Tokens" purpose="to see what a model expects at the cursor">
      {({ next }, busy) => <Distribution next={next} busy={busy} link={link} />}
    </CursorFrame>
  );
}
