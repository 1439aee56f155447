"""Places that host code: repositories of git, and of Mercurial, Subversion, Fossil and Bazaar through their programs.

- model.py       revisions, tags, errors, the interface that coderepo.py works with
- shell.py       running version control programs; their work directories in the module cache
- git.py         git
- programs.py    the command lines of the other systems; vcsrepo.py a repository through them; svn.py Subversion's zip

Source: cmd/go/internal/modfetch/codehost, go1.26.
"""
