"""The screens of the field app: what each one knows and does (`vm`), and how it looks (`screen`)."""
