"""From the AWS configuration files to profiles, sessions and problems."""
