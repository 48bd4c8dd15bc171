import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';

/**
 * Defines the toolkit's elements that Vivarium uses; every wrapper in this folder imports it first. Its badge and its
 * progress ring set styles in their markup, which the page's policy forbids; its fields and its list show what they
 * are given a frame late, and cost more than the browser's own. Those are plain elements in the editor's colours.
 */
provideVSCodeDesignSystem().register(vsCodeButton());
