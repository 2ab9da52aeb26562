"""Hotel bookings, in the shape of the well-known practice API."""
