export { count, formatBytes, formatDuration, formatTime } from './format.js';
export { progressLine } from './progress-line.js';
