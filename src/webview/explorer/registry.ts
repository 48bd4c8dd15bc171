import { attentionTab } from './attention';
import { compareTab } from './compare';
import { layersTab } from './layers';
import { lifeTab } from './life';
import { sweepTab } from './life/sweep';
import { speculationTab } from './speculation';
import type { Tab } from './tab';
import { tokensTab } from './tokens';

/** Every tab, in the order of their titles. A new one is one folder and one entry here. */
export const TABS: readonly Tab[] = [tokensTab, attentionTab, layersTab, speculationTab, lifeTab, sweepTab, compareTab];
