"""The style sheets of the app and its screens, found as the files of this package."""
