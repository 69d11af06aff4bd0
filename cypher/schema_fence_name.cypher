// One Fence per name.
CREATE CONSTRAINT fence_name IF NOT EXISTS FOR (n:Fence) REQUIRE n.name IS UNIQUE
