import { render } from 'preact';
import { CursorLink } from '../cursor/link';
import { acquireHost } from '../host';
import { type AttentionLink, readKept } from './link';
import { AttentionView } from './view';

const link: AttentionLink = new CursorLink(acquireHost(), readKept);

render(<AttentionView link={link} />, document.getElementById('root') ?? document.body);
void link.open();
