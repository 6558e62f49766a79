export { count, formatBytes, formatDuration, formatTime } from './format.js';
export { progressLine } from './progress-line.js';
export { scheduleInWords } from './schedule-in-words.js';
export { taskInWords } from './task-in-words.js';
