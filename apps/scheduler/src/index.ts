export { SchedulerConfig } from './config.js';
