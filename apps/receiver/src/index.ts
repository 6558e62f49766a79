export { ReceiverConfig, receiverIdOf } from './config.js';
