from playwright.sync_api import Locator, expect


def choose(person: Locator, name: str) -> None:
    """By the input of a picker: type, and press whom the list offers."""
    person.fill(name)
    person.page.locator(".picker-option").filter(has_text=name).first.click()
    expect(person.page.locator(".picker-list:popover-open")).to_have_count(0)
