"""What the views share: a form that keeps its errors, and answers that must not be kept by the browser."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import render

REFUSED = 422


def attempt(form, call) -> bool:
    """Run ``call`` for a valid form; what the service refuses stands under its field, or above the form."""
    if not form.is_valid():
        return False
    try:
        call(form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def add_errors(form, error: ValidationError) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, errors in by_field.items():
        form.add_error(field if field in form.fields else None, errors)


def page(request, template: str, form=None, **context):
    """The page with its form; a form with errors is answered with 422."""
    status = REFUSED if form is not None and form.is_bound and form.errors else 200
    return render(request, template, context | {"form": form}, status=status)
