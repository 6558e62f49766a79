module.exports = { ...require('../../jest.preset.cjs')('receiver'), rootDir: __dirname };
