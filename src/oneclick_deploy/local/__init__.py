"""The embedded cloud: emulators of the providers' APIs, real databases and the deployed app itself."""
