module.exports = { ...require('../../jest.preset.cjs')('sender-agent'), rootDir: __dirname };
