module.exports = { ...require('../../jest.preset.cjs')('reader'), rootDir: __dirname };
