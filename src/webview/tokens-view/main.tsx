import { render } from 'preact';
import { CursorLink } from '../cursor/link';
import { acquireHost } from '../host';
import { readKept, type TokensLink } from './link';
import { TokensView } from './view';

const link: TokensLink = new CursorLink(acquireHost(), readKept);

render(<TokensView link={link} />, document.getElementById('root') ?? document.body);
void link.open();
