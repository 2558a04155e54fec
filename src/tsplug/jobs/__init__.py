"""What runs jobs: processes of this machine, or the workers of a Dask cluster."""
