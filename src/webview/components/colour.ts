export * from '../../core/colour/colour';
