module.exports = { ...require('../../jest.preset.cjs')('terminal'), rootDir: __dirname };
