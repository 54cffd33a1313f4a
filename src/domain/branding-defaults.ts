/** The look of a page whose merchant set nothing. */
import type { BrandView } from './branding.ts';

export const DEFAULT_BRAND: BrandView = {
  version: 0,
  set: {},
  derived: {
    light: {
      page: '#ffffff',
      surface: '#f5f6f8',
      text: '#12151c',
      muted: '#555d6e',
      link: '#1a4fd8',
      danger: '#b3261e',
      success: '#0b6b3d',
      warning: '#7a4b00',
      border: '#868e9d',
      icon: '#555d6e',
      button: '#1f5eff',
      buttonText: '#ffffff',
      buttonHover: '#1549d6',
      focus: ['#ffffff', '#12151c'],
    },
    dark: {
      page: '#0e1117',
      surface: '#161a22',
      text: '#f1f3f7',
      muted: '#a6aebd',
      link: '#8fb0ff',
      danger: '#ff9c94',
      success: '#6fdca4',
      warning: '#f2c464',
      border: '#6f7889',
      icon: '#a6aebd',
      button: '#1f5eff',
      buttonText: '#ffffff',
      buttonHover: '#3b72ff',
      focus: ['#0e1117', '#ffffff'],
    },
  },
  files: [],
};
