throw new Error('this module fails');
