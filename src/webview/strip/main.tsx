import { render } from 'preact';
import { CursorFrame } from '../cursor/frame';
import { CursorLink } from '../cursor/link';
import { acquireHost } from '../host';
import { readKept, type StripLink, withCursor } from './link';
import { StripChart } from './strip-chart';

const link: StripLink = new CursorLink(acquireHost(), readKept, withCursor);

render(
  <CursorFrame link={link} label="Surprisal" purpose="to see how surprising each of its tokens is to a model">
    {({ strip }) => <StripChart strip={strip} link={link} />}
  </CursorFrame>,
  document.getElementById('root') ?? document.body,
);
void link.open();
