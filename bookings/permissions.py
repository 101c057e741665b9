"""Who may do what with a booking. Each predicate has its queryset (``visible_to``) and its line in the rights table."""


def books_as_staff(user, palace_id: int) -> bool:
    return user.may("bookings.book_for", palace_id)


def confirms_for(user, member, palace_id: int) -> bool:
    """Whether what he books as staff for ``member`` needs nobody else's approval: he may give it, and it is not for himself."""
    guardian = member.guardian.user_id if member.guardian_id else None
    return user.pk not in {member.user_id, guardian} and user.may("bookings.approve", palace_id)


def can_book_for(user, member, palace_id: int) -> bool:
    """Oneself, one's dependants, or anybody as staff of the palace."""
    own = member.user_id == user.pk or (member.guardian_id and member.guardian.user_id == user.pk)
    return bool(own) or books_as_staff(user, palace_id)


def can_cancel(user, booking) -> bool:
    own = booking.member.user_id == user.pk or (
        booking.member.guardian_id and booking.member.guardian.user_id == user.pk
    )
    return bool(own) or user.may("bookings.cancel", booking.palace_id)


def asked_for(user, booking) -> bool:
    """Whether he made it, or it is for himself or his dependant: he does not decide on it."""
    guardian = booking.member.guardian
    people = {booking.booked_by_id, booking.member.user_id, guardian.user_id if guardian else None}
    return user.pk in people
