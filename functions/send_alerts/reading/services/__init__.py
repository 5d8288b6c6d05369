"""Events of AWS's services in words: a module for each service, and one for all others."""
