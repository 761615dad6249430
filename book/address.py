"""The site's address, which follows from `repository.url` of _config.yml."""


def derive_address(repository_url: str) -> str:
    """Derive the address that GitHub Pages gives a repository's site."""
    owner, name = repository_url.rstrip("/").split("/")[-2:]
    host = f"{owner}.github.io".lower()
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
