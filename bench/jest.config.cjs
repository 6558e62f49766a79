module.exports = { ...require('../jest.preset.cjs')('bench'), rootDir: __dirname };
