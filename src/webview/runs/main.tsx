import { render } from 'preact';
import { acquireHost } from '../host';
import { PairLink } from './link';
import { PairView } from './view';

const link = new PairLink(acquireHost());

window.addEventListener('message', (event: MessageEvent<unknown>) => link.receive(event.data));
render(<PairView link={link} />, document.getElementById('root') ?? document.body);
void link.open();
