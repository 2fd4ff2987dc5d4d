from people.models import User


def can_import(user: User) -> bool:
    return user.can_write
