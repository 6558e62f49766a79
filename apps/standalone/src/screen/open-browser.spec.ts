import { describe, expect, it } from '@jest/globals';
import { browserOpener, type Seat } from './open-browser.js';

const desk: Seat = { platform: 'linux', env: { DISPLAY: ':0' }, isTerminal: true };

describe('browserOpener', () => {
  it('opens where somebody sits in front of a screen', () => {
    expect(browserOpener(desk)).toBe('xdg-open');
    expect(browserOpener({ ...desk, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe('xdg-open');
    expect(browserOpener({ platform: 'darwin', env: {}, isTerminal: true })).toBe('open');
  });

  it.each<[string, Partial<Seat>]>([
    ['without a screen', { env: {} }],
    ['where lines go to a file', { isTerminal: false }],
    ['in CI', { env: { ...desk.env, CI: 'true' } }],
    ['over SSH', { env: { ...desk.env, SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' } }],
    ['for those who want none', { env: { ...desk.env, BROWSER: 'none' } }],
  ])('opens nothing %s', (_, seat) => {
    expect(browserOpener({ ...desk, ...seat })).toBeNull();
  });
});
