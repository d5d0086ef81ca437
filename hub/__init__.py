"""What both halves of Nhịp Cầu share; knows neither of them."""
