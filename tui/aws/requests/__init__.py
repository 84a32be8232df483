"""The one door to botocore: clients, addresses, certificates, start URLs, pace, clock skew."""
