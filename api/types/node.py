import strawberry


@strawberry.interface(description="Anything that can be asked for again by an opaque id.")
class Node:
    id: strawberry.ID = strawberry.field(description="An opaque id: keep it, make nothing of it.")
