import { render } from 'preact';
import { acquireHost } from '../host';
import { TokensLink } from './link';
import { TokensView } from './view';

const link = new TokensLink(acquireHost());

window.addEventListener('message', (event: MessageEvent<unknown>) => link.receive(event.data));
render(<TokensView link={link} />, document.getElementById('root') ?? document.body);
void link.open();
